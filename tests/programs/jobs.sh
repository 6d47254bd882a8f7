# SPDX-License-Identifier: MIT
# Jobs in the background, and waiting for them; says the same on Linux.
export PATH=/bin:/tmp/applets
(sleep 0.05; echo background) & wait $!; echo "waited $?"; (exit 9) & wait $!; echo "job $?"
for n in 1 2 3 4; do (exit $n) & done; wait; echo all
