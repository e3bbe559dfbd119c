# A host, as the boot simulator starts it: in network, mount and process
# namespaces of its own, with the folder DIR of its parts.
set -eu
mount -t tmpfs tmpfs /run
mkdir -p /run/sshd /run/timers /run/home
echo up
read -r line # the network interface has come
ip link set lo up
ip addr add "$PRIVATE/16" dev eth0
ip addr add "$PUBLIC/32" dev eth0
ip link set eth0 up
PATH=$DIR/bin:$PATH sh -c "$(cat "$DIR/bootcmd")"
exec /usr/sbin/sshd -D -e -f "$DIR/sshd_config"
