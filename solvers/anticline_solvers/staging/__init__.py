"""Steps that bring files from S3 and keep results there.

- components: `storage.model`, `storage.gathers`, `storage.keep`
- lustre: files whose content is in the bucket so far: `lfs hsm_restore`
- copy: the program behind them: `aws s3 cp`, whole or not at all
"""
