/* SPDX-License-Identifier: MIT */
/*
 * Calls that an external abort ends (see <arch/guard.h>). While there is one, `guard` says whose it
 * is and where its stack stood. The abort's frame is then given another place to return to:
 * guard_leave(), which goes back to that stack and returns from guard_enter() a second time.
 */
#include "guard.h"

#include <arch/cpu.h>
#include <arch/frame.h>
#include <arch/guard.h>
#include <asm/esr.h>
#include <lib/assert.h>
#include <uapi/errno.h>

#define PSTATE_DAIF	(0xfUL << 6)

/* Of the one call; read by the thread that makes it, in its exceptions. */
static struct {
	struct arch_abort *abort;	/* NULL: there is no call */
	const struct thread *thread;
	u64 masked;			/* PSTATE_DAIF when it began */
	u64 sp;
} guard;

int arch_call_guarded(int (*fn)(void *arg), void *arg, struct arch_abort *abort)
{
	int result;

	assert(!guard.abort);
	*abort = (struct arch_abort){};
	guard.thread = arch_current();
	guard.masked = sysreg_read(daif) & PSTATE_DAIF;
	guard.abort = abort;
	result = guard_enter(fn, arg, &guard.sp);
	guard.abort = NULL;
	return abort->happened ? -EIO : result;
}

bool guard_abort(struct arch_frame *frame, u64 esr, u64 far)
{
	u64 iss = ESR_ISS(esr);

	if (ESR_EC(esr) != EC_DABT || ISS_FSC(iss) != FSC_EXTERNAL || !guard.abort ||
	    guard.thread != arch_current() || (frame->pstate & PSTATE_DAIF) != guard.masked)
		return false;
	*guard.abort = (struct arch_abort){
		.happened = true,
		.write = iss & ISS_WNR,
		.known = !(iss & ISS_FNV),
		.va = far,
		.pc = frame->pc,
	};
	frame->pc = (u64)guard_leave;
	frame->regs[0] = guard.sp;
	return true;
}
