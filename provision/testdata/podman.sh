# The containers c1 and c2, for the command in the arguments. They are read-only,
# without privileges, made of busybox alone, and reach only each other. It runs in its
# own network, mount, UTS and PID namespaces. All files are in the folder DIR.
set -eu
umount /sys/fs/cgroup/unified 2>/dev/null || true # crun refuses cgroups of both versions
mount -t tmpfs tmpfs /run
ip netns add c1
ip netns add c2
ip -n c1 link add eth0 type veth peer name eth0 netns c2
for n in 1 2; do
	ip -n c$n link set lo up
	ip -n c$n addr add 10.78.0.$n/24 dev eth0
	ip -n c$n link set eth0 up
done

export CONTAINERS_STORAGE_CONF="$DIR/storage.conf" CONTAINERS_CONF="$DIR/containers.conf"
cat >"$CONTAINERS_STORAGE_CONF" <<CONF
[storage]
driver = "vfs"
graphroot = "$DIR/graph"
runroot = "$DIR/run"
CONF
cat >"$CONTAINERS_CONF" <<CONF
[containers]
cgroups = "disabled"
default_ulimits = ["nofile=$(ulimit -n):$(ulimit -n)", "nproc=1000:1000"]
pids_limit = 0
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
CONF
for dir in bin dev etc proc run sys tmp var/tmp; do mkdir -p "$DIR/root/$dir"; done
cp "$(command -v busybox)" "$DIR/root/bin/busybox"
for applet in sh cat chmod dd echo env gzip mkdir mv rm sha256sum sleep test uname; do ln -s busybox "$DIR/root/bin/$applet"; done
for n in 1 2; do
	podman run --detach --name c$n --network ns:/run/netns/c$n --read-only --user 1000:1000 --rootfs "$DIR/root" sleep 1000 >"$DIR/c$n.log"
done
"$@"
