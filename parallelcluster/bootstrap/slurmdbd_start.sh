#!/usr/bin/env bash
# Sets up and starts slurmdbd on an instance of ParallelCluster's own image:
# REGION MUNGE_KEY_ARN PASSWORD_ARN DATABASE_HOST OWN_ADDRESS. Again does no harm.
set -euo pipefail
region=${1:?} key=${2:?} password=${3:?} database=${4:?} address=${5:?}
etc=${SLURM_ETC:-/opt/slurm/etc}
munge=${MUNGE_KEY:-/etc/munge/munge.key}

secret() {
    aws secretsmanager get-secret-value --region "$region" --secret-id "$1" \
        --query SecretString --output text
}

mkdir -p "$etc"
umask 077
secret "$key" | base64 -d >"$munge.part"
mv "$munge.part" "$munge"
{
    printf '%s\n' "AuthType=auth/munge" "DbdHost=localhost" "DbdAddr=$address" \
        "DbdPort=6819" "SlurmUser=slurm" "LogFile=/var/log/slurmdbd.log" \
        "PidFile=/run/slurmdbd/slurmdbd.pid" \
        "StorageType=accounting_storage/mysql" "StorageHost=$database" \
        "StoragePort=3306" "StorageLoc=slurm_acct_db" "StorageUser=slurm"
    echo "StoragePass=$(secret "$password")"
} >"$etc/slurmdbd.conf.part"
mv "$etc/slurmdbd.conf.part" "$etc/slurmdbd.conf"
[[ -n ${ONLY_FILES:-} ]] && exit 0

chown munge: "$munge"
id slurm >/dev/null 2>&1 || useradd --system slurm
chown slurm: "$etc/slurmdbd.conf"
cat >/etc/systemd/system/slurmdbd.service <<END
[Unit]
Description=Slurm's accounting daemon
After=network-online.target munge.service
[Service]
User=slurm
RuntimeDirectory=slurmdbd
ExecStart=/opt/slurm/sbin/slurmdbd -D -s
Restart=always
[Install]
WantedBy=multi-user.target
END
touch /var/log/slurmdbd.log && chown slurm: /var/log/slurmdbd.log
systemctl daemon-reload
systemctl restart munge
systemctl enable --now slurmdbd
