/* SPDX-License-Identifier: MIT */
/*
 * Address spaces of programs: which addresses are memory, of what kind, and the pages that are
 * there already. What is mapped comes in when it is used (mm/fault.c). All functions are for thread
 * context and sleep; addresses of a program are checked here, so any value may be given. Errors are
 * those that Linux's mmap(2), munmap(2), mprotect(2), mremap(2) and brk(2) give in the same case.
 * With CONFIG_PROCESS.
 */
#ifndef MM_SPACE_H
#define MM_SPACE_H

#include <arch/space.h>
#include <arch/user.h>
#include <kernel/mutex.h>
#include <lib/list.h>
#include <lib/rbtree.h>
#include <lib/types.h>

struct page;

/* What a stretch of addresses is; the first three are also what an access needs. */
enum {
	VMA_READ	= 1 << 0,
	VMA_WRITE	= 1 << 1,
	VMA_EXEC	= 1 << 2,
	VMA_RIGHTS	= VMA_READ | VMA_WRITE | VMA_EXEC,
	VMA_SHARED	= 1 << 3,	/* what is written goes to the object */
	VMA_GROWS_DOWN	= 1 << 4,	/* a stack: an access below it makes it longer */
	VMA_MAY_WRITE	= 1 << 5,	/* mprotect() may make it writable */
	VMA_DONT_FORK	= 1 << 6,
	VMA_WIPE_ON_FORK = 1 << 7,
	VMA_DONT_EXPAND	= 1 << 8,	/* mremap() does not make it longer */
	VMA_BLOCKS	= 1 << 9,	/* madvise(): blocks are wanted, or not */
	VMA_NO_BLOCKS	= 1 << 10,
};

/* What stands behind a mapping: a file, most often. Each hook may sleep. */
struct vma_ops {
	/* One reference of @object more, one less. */
	void (*get)(void *object);
	void (*put)(void *object);
	/*
	 * The page at @index (in pages) of @object, with a reference: 0; -EIO behind its end;
	 * -ENOMEM, -ENOSPC. The space's lock is held.
	 */
	int (*page)(void *object, u64 index, struct page **page);
	/*
	 * Makes @count pages from @first on zero for all who have them: 0, -EPERM, -EOPNOTSUPP. No
	 * lock is held. NULL: -EINVAL.
	 */
	int (*punch)(void *object, u64 first, u64 count);
	/* Its path, for lists; cut at @size. */
	void (*name)(void *object, char *buf, size_t size);
	/* Device and inode number, for lists. */
	void (*identity)(void *object, u64 *device, u64 *inode);
};

/* A stretch of addresses that is one thing. */
struct vma {
	struct rb_node node;
	vaddr_t start, end;
	size_t gap;			/* bytes that are free below it, for any mapping */
	size_t largest_gap;		/* of all below it in the tree, once one was looked for */
	u32 flags;
	bool used;			/* pages of it were there: the tables may have some */
	const struct vma_ops *ops;	/* NULL: anonymous memory */
	void *object;
	u64 offset;			/* in pages, of @start in the object */
	const char *label;		/* "[stack]", ... for lists, or NULL */
};

struct space {
	struct arch_space arch;
	u32 users;			/* atomic */
	struct mutex lock;
	/* lock held: */
	struct rb_tree vmas;
	struct vma *recent;		/* where the last search ended, or NULL */
	u32 count;			/* of VMAs */
	size_t pages;			/* that they have */
	size_t peak_pages;		/* the most that they had, when they last became fewer */
	size_t resident;		/* of them, that are there */
	size_t peak;			/* the most that were */
	vaddr_t brk_start, brk;
	vaddr_t args, args_end, env_end;	/* where exec has put the strings */
	vaddr_t aux;			/* and the auxiliary vector */
	struct {
		vaddr_t code, code_end, data, data_end;	/* of the program's file */
		vaddr_t stack;		/* the stack pointer that it began with */
	} image;
	vaddr_t vdso;			/* its code, wherever it was moved; 0: there is none */
	bool no_blocks;			/* prctl(PR_SET_THP_DISABLE) */
	struct list tables;
	size_t blocks;			/* of its memory that are mapped as such */
	u64 faults;			/* pages that came in, or became writable */
	bool has_cuts;			/* maps what may become shorter: is on a list of such */
	struct list cuts;		/* mm/space_cut.c's */
};

/* Between these a program's mappings lie where it does not say where. */
#define SPACE_MAP_MIN	0x10000UL
#define SPACE_MAP_TOP	(ARCH_USER_END - MIB(256))

/* How many mappings a space may have, as Linux's vm.max_map_count. */
#define SPACE_MAPPINGS_MAX	65530U

/* An empty space with one user; NULL: no memory. */
struct space *space_create(void);

/* A copy of @from, whose private pages both have until one of them writes; NULL: no memory. */
struct space *space_fork(struct space *from);

/* One user more, one less: the last one frees it, when no thread runs in it any more. */
void space_get(struct space *space);
void space_put(struct space *space);

/* The space of the program that the calling thread runs. */
struct space *space_current(void);

/* Where a mapping goes. */
enum space_where {
	SPACE_ANYWHERE,		/* near the address, if that is free; else where there is room */
	SPACE_FIXED,		/* there, and what is there goes */
	SPACE_FIXED_NEW,	/* there, or -EEXIST */
};

/* What space_map() maps. @ops NULL: anonymous; else it takes a reference of @object. */
struct space_mapping {
	vaddr_t address;
	size_t size;		/* bytes; rounded up to pages */
	enum space_where where;
	u32 flags;
	const struct vma_ops *ops;
	void *object;
	u64 offset;		/* pages */
	bool may_shrink;	/* the object may become shorter: see space_cut() */
	const char *label;
};

/* Returns the address, or a negative errno. */
ssize_t space_map(struct space *space, const struct space_mapping *mapping);
/* Where @size bytes, whole pages, are free: the address that SPACE_ANYWHERE gives; 0: nowhere. */
vaddr_t space_gap(struct space *space, size_t size);

int space_unmap(struct space *space, vaddr_t address, size_t size);
int space_protect(struct space *space, vaddr_t address, size_t size, u32 rights);

/* How space_remap() goes about it. */
enum {
	SPACE_REMAP_MOVE	= 1 << 0,	/* to where there is room, if it cannot stay */
	SPACE_REMAP_FIXED	= 1 << 1,	/* to @new_address; with SPACE_REMAP_MOVE */
	SPACE_REMAP_KEEP	= 1 << 2,	/* only the pages go: the mapping stays too */
};

/*
 * A mapping of @size bytes becomes one of @new_size. With @size 0 what is shared there is mapped
 * once more. The address, or an errno.
 */
ssize_t space_remap(struct space *space, vaddr_t address, size_t size, size_t new_size, u32 how,
		    vaddr_t new_address);

/* Whether all of it is mapped: 0, -ENOMEM, -EINVAL. */
int space_check_mapped(struct space *space, vaddr_t address, size_t size);

/*
 * What madvise(2) says of a range. Where nothing is mapped in it all the rest is done, and then it
 * is -ENOMEM; -EINVAL for what is no range.
 */

/* Sets the flags @set and clears @clear, VMA_DONT_FORK and the like: 0, -ENOMEM, -EINVAL. */
int space_advise(struct space *space, vaddr_t address, size_t size, u32 set, u32 clear);

/*
 * Forgets what is on private pages: they are zero, or the object's again. With @anonymous that is
 * all there may be: else -EINVAL.
 */
int space_discard(struct space *space, vaddr_t address, size_t size, bool anonymous);

/*
 * Makes what is mapped shared zero for all who have it, and gives its memory back: 0, -ENOMEM;
 * -EINVAL for what has no object, -EACCES where it is not shared, or never writable;
 * what vma_ops.punch() returns.
 */
int space_punch(struct space *space, vaddr_t address, size_t size);

/* Brings in pages for @access: 0; -ENOMEM, -EINVAL where that may not be, -EFAULT. mm/fault.c. */
int space_prefault(struct space *space, vaddr_t address, size_t size, u32 access);

/* Has all pages of a mapped range be there: 0, -ENOMEM. */
int space_populate(struct space *space, vaddr_t address, size_t size);

/* Whether the page at @address is there. */
bool space_is_there(struct space *space, vaddr_t address);

/* The end of the heap becomes @brk, where that can be. Returns where it is then. */
vaddr_t space_brk(struct space *space, vaddr_t brk);

/*
 * The object that vma_ops.identity() calls so has become shorter: its pages from number @end on go
 * from all spaces, copies of them as well, and who uses them finds nothing (-EIO). For mappings
 * with may_shrink, after the object says so itself. mm/space_cut.c.
 */
void space_cut(u64 device, u64 inode, u64 end);

/* Whether some space can write to it, by such a mapping that is shared. */
bool space_is_written(u64 device, u64 inode);

/*
 * Has the page at @address be there for @access (VMA_READ, ...): 0; -EFAULT where nothing is
 * mapped, -EACCES where it may not be used so, -EIO behind an object's end, -ENOMEM. mm/fault.c.
 */
int space_fault(struct space *space, vaddr_t address, u32 access);

/*
 * What the byte at @address is, for all that have it: of shared memory its object and where in that
 * it is, of other memory the space and the address with bit 0 set, so that it is told from what is
 * called by its address alone. 0, -EFAULT where nothing is mapped.
 */
int space_identify(struct space *space, vaddr_t address, u64 *object, u64 *place);

/* Tells of the first VMA that ends behind @address: false when there is none. For lists. */
struct vma_info {
	vaddr_t start, end;
	u32 flags;
	u64 offset, device, inode;
	size_t resident;	/* pages */
	char name[128];
};
bool space_vma_info(struct space *space, vaddr_t address, struct vma_info *info);

/* How much of a space is what, in pages. */
struct space_use {
	size_t pages, peak_pages;
	size_t resident, peak;
	size_t data;		/* private, and may be written to; no stack */
	size_t stack;
	size_t code;		/* may be executed, and not written to */
	size_t tables;
};
void space_use(struct space *space, struct space_use *use);

/*
 * Reads what is there of a space that may be another process's: how many bytes, up to the first
 * page that is not.
 */
size_t space_read(struct space *space, vaddr_t address, void *to, size_t n);

/*
 * The first page of [*at, end) that is there: true, and its address in *@at; false. And whether one
 * of [start, end) is that is no file's: it was written to, in a private mapping.
 */
bool space_next_page(struct space *space, vaddr_t *at, vaddr_t end);
bool space_has_private(struct space *space, vaddr_t start, vaddr_t end);

/*
 * Copies between the kernel and the calling thread's program, with what is missing brought in: 0,
 * -EFAULT. clear_user() writes zeroes.
 */
int copy_from_user(void *to, uaddr_t from, size_t n);
int copy_to_user(uaddr_t to, const void *from, size_t n);
int clear_user(uaddr_t to, size_t n);

/* A string with its NUL: its length; -EFAULT; -ENAMETOOLONG where it needs more than @n bytes. */
ssize_t copy_string_from_user(char *to, uaddr_t from, size_t n);

/*
 * There is no memory for a page of the calling program: it ends on the way back to it, by SIGKILL,
 * and a line says so. kernel/process/signal.c has it.
 */
void user_out_of_memory(void);

/*
 * Whether a stack of the calling program may become @size bytes long, by @more bytes:
 * RLIMIT_STACK, RLIMIT_AS. @space's lock is held. kernel/process/sys_mem.c has it.
 */
bool user_stack_may_grow(const struct space *space, size_t size, size_t more);

/* Has at least the first bytes of [address, address + n) be there: 0, -EFAULT. For fs/file.c. */
int user_fault_in(uaddr_t address, u32 access);

/* Reads from the command line when programs get blocks (mm/block.c). Boot thread, once. */
void space_blocks_init(void);

/* How many bytes of all programs are mapped by blocks. Any context. */
u64 space_block_bytes(void);

#endif
