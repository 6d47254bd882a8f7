# SPDX-License-Identifier: MIT
"""Tests on all cores: how pytest-xdist, where it is installed and was asked for (-n), hands them out.

A worker is given one test function with all its parameters at a time, in the order of the files, so
that what those share (a module's fixture, runs started ahead) is made in one process. Where the
tests of a file, or of a folder, share more than that, their file goes to one worker as a whole:
WHOLE. That is for speed only; what two workers may not do at once is guarded by a lock where it is
done (build.locked).

A worker that crashes is replaced. The test that it was at has failed, and is not tried again.
"""

import contextlib

from xdist.scheduler import LoadScopeScheduling

# A second worker would build a tree of its own, or wait for the first one's folder.
WHOLE = ("tests/build/", "tests/runner/test_compare_heap.py", "tests/runner/test_compare_sched.py",
         "tests/runner/test_trace.py")


class ByFunction(LoadScopeScheduling):
    def _split_scope(self, nodeid):
        path, _, _ = nodeid.partition("::")
        return path if path.startswith(WHOLE) else nodeid.partition("[")[0]

    def schedule(self):
        """Newer versions put what has many parameters first; then files would be torn apart."""
        first = self.collection is None
        super().schedule()
        if first and self.collection:
            place = {self._split_scope(nodeid): number
                     for number, nodeid in reversed(list(enumerate(self.collection)))}
            for scope in sorted(self.workqueue, key=place.get):
                self.workqueue[scope] = self.workqueue.pop(scope)

    def _reschedule(self, node):
        """A worker begins a test when it knows the next one, or that there is none: less than two
        would keep it waiting. One that replaces another does not know the tests at first."""
        if node not in self.registered_collections:
            return
        super()._reschedule(node)
        while self._pending_of(self.assigned_work[node]) < 2 and not node.shutting_down:
            super()._reschedule(node)

    def _assign_work_unit(self, node):
        """One that has crashed, and whose end was not yet heard of, takes nothing any more. What it
        was to have goes back then."""
        with contextlib.suppress(OSError):
            super()._assign_work_unit(node)

    def remove_node(self, node):
        """Returns the test during which the worker crashed, if it did. What is left goes to others."""
        left = self.assigned_work[node]
        crashed = next((nodeid for unit in left.values() for nodeid, done in unit.items() if not done), None)
        if crashed:
            left[self._split_scope(crashed)][crashed] = True
        for scope, unit in list(left.items()):
            if all(unit.values()):
                del left[scope]
        super().remove_node(node)
        return crashed

