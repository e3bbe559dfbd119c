# A Slurm cluster with the hosts n1 and n2, for the job script $1, whose output it
# prints. It runs in its own network, mount, UTS and PID namespaces, each host in its
# own network, mount and UTS namespace. All files are in the folder DIR.
set -eu
mount -t tmpfs tmpfs /run
ip link set lo up
hostname head
ip link add cluster type bridge
ip addr add 10.79.0.254/24 dev cluster
ip link set cluster up
printf '%s\n' '127.0.0.1 localhost' '10.79.0.254 head' '10.79.0.1 n1' '10.79.0.2 n2' >"$DIR/hosts"
mount --bind "$DIR/hosts" /etc/hosts

dd if=/dev/urandom of="$DIR/munge.key" bs=128 count=1 2>/dev/null
chmod 600 "$DIR/munge.key"
munged --force --socket="$DIR/munge.socket" --key-file="$DIR/munge.key" --log-file="$DIR/munged.log" \
	--pid-file="$DIR/munged.pid" --seed-file="$DIR/munged.seed"

mkdir "$DIR/state" "$DIR/n1" "$DIR/n2"
echo CgroupPlugin=cgroup/v1 >"$DIR/cgroup.conf" # not used, but slurmd fails if it finds none
export SLURM_CONF="$DIR/slurm.conf"
cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=head
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$DIR/munge.socket
StateSaveLocation=$DIR/state
SlurmdSpoolDir=$DIR/%n
SlurmctldPidFile=$DIR/slurmctld.pid
SlurmdPidFile=$DIR/%n.pid
SlurmctldLogFile=$DIR/slurmctld.log
SlurmdLogFile=$DIR/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SlurmdParameters=config_overrides
NodeName=n[1-2] CPUs=2
PartitionName=all Nodes=ALL Default=YES
CONF
slurmctld
for n in 1 2; do
	ip netns add n$n
	ip link add wire$n type veth peer name eth0 netns n$n
	ip link set wire$n master cluster up
	ip -n n$n link set lo up
	ip -n n$n addr add 10.79.0.$n/24 dev eth0
	ip -n n$n link set eth0 up
	# As on Debian, a host's own name has a loopback address.
	sed "s/^10.79.0.$n /127.0.1.1 /" "$DIR/hosts" >"$DIR/hosts.$n"
	ip netns exec n$n unshare --uts --mount sh -c "hostname n$n; mount --bind '$DIR/hosts.$n' /etc/hosts; slurmd"
done

# The output is a pipe, because sbatch --wait notices the end up to 10 s later.
mkfifo "$DIR/output"
sbatch --quiet --output="$DIR/output" "$1"
cat "$DIR/output"
