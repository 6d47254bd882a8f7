/* SPDX-License-Identifier: MIT */
/* Many at once: signals among threads and processes; a hundred threads over a futex and a pipe. */
#include "abi.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define THREADS	8
#define EACH	150	/* signals that each of them sends */

static atomic_int queued, sent, plain, stop;
static pid_t tids[THREADS];
static atomic_int ready;

static void on_queued(int signal, siginfo_t *info, void *context)
{
	double x = 3;

	(void)context;
	/* a handler may be cut short by another one, and vectors are its own */
	OK(info->si_signo == signal && info->si_code == SI_QUEUE);
	x = x / (1 + (double)info->si_value.sival_int);
	OK(x > 0);
	atomic_fetch_add(&queued, 1);
}

static void on_plain(int signal)
{
	(void)signal;
	atomic_fetch_add(&plain, 1);
}

static void handle_both(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_RESTART };

	sigemptyset(&action.sa_mask);
	action.sa_sigaction = on_queued;
	for (int n = SIGRTMIN; n < SIGRTMIN + 4; n++)
		EQ(sigaction(n, &action, NULL), 0);
	signal(SIGUSR1, on_plain);
}

/* Sends to all others and to the process; numbers of its own stay whole meanwhile. */
static void *send_signals(void *arg)
{
	long me = (long)arg;
	volatile double sum = 0;

	tids[me] = (pid_t)syscall(SYS_gettid);
	atomic_fetch_add(&ready, 1);
	while (atomic_load(&ready) < THREADS)
		sched_yield();
	for (int i = 0; i < EACH; i++) {
		siginfo_t info = { .si_code = SI_QUEUE };
		int n = SIGRTMIN + i % 4, err;
		pid_t to = tids[(me + i) % THREADS];

		info.si_value.sival_int = i;
		sum = sum + i;
		/* the queue has an end */
		do
			err = (int)syscall(SYS_rt_tgsigqueueinfo, getpid(), to, n, &info);
		while (err && errno == EAGAIN && !sched_yield());
		EQ(err, 0);
		atomic_fetch_add(&sent, 1);
		EQ(syscall(SYS_tgkill, getpid(), tids[(me + i + 1) % THREADS], SIGUSR1), 0);
		if (i % 16 == 0)
			EQ(kill(getpid(), SIGUSR1), 0);
		OK(sum == (double)i * (i + 1) / 2);
	}
	atomic_fetch_add(&stop, 1);
	/* until all have sent, who they send to must be there */
	while (atomic_load(&stop) < THREADS)
		sched_yield();
	return NULL;
}

static void threads(void)
{
	pthread_t t[THREADS];

	handle_both();
	for (long i = 0; i < THREADS; i++)
		EQ(pthread_create(&t[i], NULL, send_signals, (void *)i), 0);
	for (int i = 0; i < THREADS; i++)
		EQ(pthread_join(t[i], NULL), 0);
	/* each that was queued has come once; of others at least one of those that were alike */
	EQ(atomic_load(&sent), THREADS * EACH);
	EQ(atomic_load(&queued), THREADS * EACH);
	OK(atomic_load(&plain) > 0 && atomic_load(&plain) <= THREADS * (EACH + EACH / 16 + 1));
}

/* Processes that send to each other while their handlers run, and to the whole group. */
static void processes(void)
{
	struct shared {
		atomic_int came, ready, done;
		pid_t pid[THREADS];
	} *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid[THREADS];
	int status;

	OK(s != MAP_FAILED);
	EQ(setpgid(0, 0), 0);
	handle_both();
	for (int i = 0; i < THREADS; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		s->pid[i] = getpid();
		atomic_fetch_add(&s->ready, 1);
		while (atomic_load(&s->ready) < THREADS)
			sched_yield();
		for (int n = 0; n < EACH; n++) {
			while (sigqueue(s->pid[(i + n) % THREADS], SIGRTMIN, (union sigval){ n }))
				OK(errno == EAGAIN);
			if (n % 32 == 0)
				EQ(kill(0, SIGUSR1), 0);
		}
		atomic_fetch_add(&s->done, 1);
		while (atomic_load(&s->done) < THREADS)
			sched_yield();
		/* what has come by now is handled before this returns */
		sched_yield();
		atomic_fetch_add(&s->came, atomic_load(&queued));
		_exit(0);
	}
	for (int i = 0; i < THREADS; i++) {
		while (waitpid(pid[i], &status, 0) != pid[i])
			;
		EQ(status, 0);
	}
	EQ(atomic_load(&s->came), THREADS * EACH);
}

/* --- A hundred threads ------------------------------------------------------------------------ */

#define HUNDRED	100
#define TURNS	40

static atomic_int lock;		/* 0, 1: taken, 2: and somebody may wait */
static long guarded;

static void take(void)
{
	int none = 0;

	if (atomic_compare_exchange_strong(&lock, &none, 1))
		return;
	while (atomic_exchange(&lock, 2))
		syscall(SYS_futex, &lock, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
}

static void give(void)
{
	if (atomic_exchange(&lock, 0) == 2)
		syscall(SYS_futex, &lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *take_turns(void *arg)
{
	for (int i = 0; i < TURNS; i++) {
		long seen;

		take();
		seen = guarded;
		if (i % 8 == 0)
			sched_yield();
		guarded = seen + 1;
		give();
	}
	return arg;
}

static void run_hundred(void *(*run)(void *))
{
	pthread_attr_t attr;
	pthread_t t[HUNDRED];

	pthread_attr_init(&attr);
	EQ(pthread_attr_setstacksize(&attr, 131072), 0);
	for (long i = 0; i < HUNDRED; i++)
		EQ(pthread_create(&t[i], &attr, run, (void *)i), 0);
	for (int i = 0; i < HUNDRED; i++)
		EQ(pthread_join(t[i], NULL), 0);
}

static void hundred_over_a_futex(void)
{
	run_hundred(take_turns);
	EQ(guarded, HUNDRED * TURNS);
	EQ(atomic_load(&lock), 0);
}

/* All wake at once, and from one futex to the other. */
static atomic_int gate, second, through;

static void *wait_at_gate(void *arg)
{
	atomic_fetch_add(&ready, 1);
	while (!atomic_load(&gate))
		syscall(SYS_futex, &gate, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
	atomic_fetch_add(&through, 1);
	return arg;
}

static void *open_gate(void *arg)
{
	while (atomic_load(&ready) < HUNDRED - 1)
		sched_yield();
	usleep(10000);
	/* those who wait go over to another word, and are woken there */
	syscall(SYS_futex, &gate, FUTEX_CMP_REQUEUE_PRIVATE, 1, HUNDRED, &second, 0);
	atomic_store(&gate, 1);
	while (atomic_load(&through) < HUNDRED - 1) {
		syscall(SYS_futex, &second, FUTEX_WAKE_PRIVATE, 7, NULL, NULL, 0);
		syscall(SYS_futex, &gate, FUTEX_WAKE_PRIVATE, 7, NULL, NULL, 0);
	}
	return arg;
}

static void *through_gate(void *arg)
{
	return arg ? wait_at_gate(arg) : open_gate(arg);
}

static void hundred_at_a_gate(void)
{
	run_hundred(through_gate);
	EQ(atomic_load(&through), HUNDRED - 1);
}

/* One half writes records, the other one reads them: each comes whole, and once. */
struct record {
	int writer, number;
	char text[120];
};

static int ends[2];
static atomic_int seen[HUNDRED][TURNS], records;

static void *use_pipe(void *arg)
{
	int me = (int)(long)arg;
	struct record r;

	memset(&r, 0, sizeof(r));
	for (int i = 0; i < TURNS; i++) {
		if (me % 2) {
			EQ(read(ends[0], &r, sizeof(r)), sizeof(r));
			OK(r.writer % 2 == 0 && r.text[0] == r.text[sizeof(r.text) - 1]);
			atomic_fetch_add(&seen[r.writer][r.number], 1);
			atomic_fetch_add(&records, 1);
		} else {
			r.writer = me;
			r.number = i;
			memset(r.text, me, sizeof(r.text));
			EQ(write(ends[1], &r, sizeof(r)), sizeof(r));
		}
	}
	return NULL;
}

static void hundred_over_a_pipe(void)
{
	EQ(pipe(ends), 0);
	run_hundred(use_pipe);
	EQ(atomic_load(&records), HUNDRED / 2 * TURNS);
	for (int w = 0; w < HUNDRED; w += 2)
		for (int n = 0; n < TURNS; n++)
			EQ(atomic_load(&seen[w][n]), 1);
}

static const struct abi_case cases[] = {
	CASE(threads), CASE(processes), CASE(hundred_over_a_futex), CASE(hundred_at_a_gate),
	CASE(hundred_over_a_pipe),
};

ABI_MAIN(cases)
