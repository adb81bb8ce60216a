#!/bin/busybox sh
# The guest's first process: runs what /plan lists, one process a line, and reports on the serial console in lines that
# begin with '#wakeline'.
busybox=/bin/busybox
export PATH=/usr/bin:/bin HOME=/tmp
$busybox mount -t proc proc /proc
$busybox mount -t sysfs sysfs /sys
$busybox mount -t cgroup2 cgroup2 /sys/fs/cgroup
$busybox mount -t devtmpfs dev /dev
exec >/dev/ttyS0 2>&1 </dev/null
$busybox --install -s /bin
mkdir -p /dev/shm
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /tmp
ip link set lo up
cd /app

echo "#wakeline {\"event\":\"up\",\"kernel\":\"$(uname -r)\",\"cpus\":$(grep -c ^processor /proc/cpuinfo)}"
while read -r limit_seconds files; do
  timeout -s KILL "$limit_seconds" node dist/test/emulator/guest/run-files.js $files
  status=$?
  for file in $files; do echo "#wakeline {\"event\":\"end\",\"file\":\"$file\",\"status\":$status}"; done
done </plan
echo '#wakeline {"event":"over"}'
# The console is slow, and loses what it has not sent.
sleep 1
poweroff -f
