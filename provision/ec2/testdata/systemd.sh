# A host with the real systemd as its first process, in new namespaces. It runs the
# boot commands in $DIR/bootcmd and then $DIR/driver.
set -eu
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/systemd/system
cd /run/systemd/system
cat >test.target <<'UNIT'
[Unit]
Wants=bootcmd.service driver.service
UNIT
cat >bootcmd.service <<UNIT
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/sh $DIR/bootcmd
UNIT
cat >driver.service <<UNIT
[Unit]
DefaultDependencies=no
After=bootcmd.service
[Service]
ExecStart=/bin/sh $DIR/driver $DIR/log
UNIT
container=test exec "$SYSTEMD" --unit=test.target --log-target=console --show-status=no
