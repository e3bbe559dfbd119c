# Early on every boot, as root, once the network is up, over which this comes, and
# before ssh: arm the two timers that end this host. Powering off terminates it.
# All of it is under /run, which each boot finds empty.
mkdir -p /run/systemd/system /run/dhtbench /run/dhtbench/beat
chmod 755 /run/dhtbench
chmod 1777 /run/dhtbench/beat
echo '@RUN@' >/run/dhtbench/run

# The lifetime: so long after boot, and not after that hour, come what may.
cat >/run/systemd/system/dhtbench-lifetime.timer <<'UNIT'
[Unit]
Description=dhtbench: end this host when its lifetime is over
DefaultDependencies=no
[Timer]
OnBootSec=@LIFETIME@
OnCalendar=@EXPIRES@
AccuracySec=1
UNIT
cat >/run/systemd/system/dhtbench-lifetime.service <<'UNIT'
[Unit]
Description=dhtbench: end this host
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'systemctl poweroff --force'
UNIT

# The lease: each minute without a heartbeat counts, and a heartbeat takes the
# count back to nothing. No clock is read that somebody might set. The first time
# is at once and counts nothing: it shows that the service works.
cat >/run/dhtbench/lease <<'SCRIPT'
beat=/run/dhtbench/beat/heartbeat
count=/run/dhtbench/missed
missed=$(cat $count 2>/dev/null || echo -1)
if rm $beat 2>/dev/null; then missed=0; else missed=$((missed + 1)); fi
echo $missed >$count
if [ $missed -ge @MINUTES@ ]; then systemctl poweroff --force; fi
SCRIPT
cat >/run/systemd/system/dhtbench-lease.timer <<'UNIT'
[Unit]
Description=dhtbench: end this host when nothing is heard from its user
DefaultDependencies=no
[Timer]
OnBootSec=60
OnUnitActiveSec=60
AccuracySec=1
UNIT
cat >/run/systemd/system/dhtbench-lease.service <<'UNIT'
[Unit]
Description=dhtbench: count minutes without a heartbeat
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/sh /run/dhtbench/lease
UNIT

# What the launching machine reads back.
cat >/run/dhtbench/armed <<'SCRIPT'
echo "run $(cat /run/dhtbench/run)"
for timer in lifetime lease; do
	echo "$timer $(systemctl is-active dhtbench-$timer.timer)"
done
if [ -e /run/dhtbench/missed ]; then echo "lease counts"; fi
echo "fires $(systemctl show dhtbench-lifetime.timer --property=TimersMonotonic --property=TimersCalendar | tr '\n' ' ')"
SCRIPT

systemctl daemon-reload
# Without --no-block this would wait for the boot that waits for it.
systemctl start --no-block dhtbench-lifetime.timer dhtbench-lease.timer dhtbench-lease.service
