/* SPDX-License-Identifier: MIT */
/*
 * The types and the few macros that every file uses. Nothing here has state, and nothing
 * depends on the kernel, so host tests include it as it is.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef int64_t ssize_t;

/* A physical and a virtual address: two names, because mixing them is the classic bug. */
typedef u64 paddr_t;
typedef uintptr_t vaddr_t;

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(1UL << (n))
#define KIB(n)		((size_t)(n) << 10)
#define MIB(n)		((size_t)(n) << 20)
#define GIB(n)		((size_t)(n) << 30)

/* @align is a power of two; the result has the type of @x. */
#define ALIGN_DOWN(x, align)	((x) & ~((typeof(x))(align) - 1))
#define ALIGN_UP(x, align)	ALIGN_DOWN((x) + ((typeof(x))(align) - 1), align)
#define IS_ALIGNED(x, align)	(((x) & ((typeof(x))(align) - 1)) == 0)

#define MIN(a, b) \
	({ \
		typeof(a) min_a_ = (a); \
		typeof(b) min_b_ = (b); \
		min_a_ < min_b_ ? min_a_ : min_b_; \
	})
#define MAX(a, b) \
	({ \
		typeof(a) max_a_ = (a); \
		typeof(b) max_b_ = (b); \
		max_a_ > max_b_ ? max_a_ : max_b_; \
	})

/* The object of @type whose @member is at @ptr. A number in between, so that @ptr may be const. */
#define container_of(ptr, type, member) \
	((type *)((uintptr_t)(1 ? (ptr) : &((type *)0)->member) - offsetof(type, member)))

#define STRINGIFY_(x)	#x
#define STRINGIFY(x)	STRINGIFY_(x)

/*
 * IS_ENABLED(CONFIG_X) is 1 when the option is y and 0 when it is off: a branch that the compiler
 * still checks and then drops. An option that is off has no macro, so a second argument is made to
 * appear only when the macro expands to 1 (Linux's <linux/kconfig.h> idiom).
 */
#define CONFIG_ARGUMENT_1		0,
#define CONFIG_SECOND(ignored, val, ...)	val
#define CONFIG_PICK(arg_or_junk)	CONFIG_SECOND(arg_or_junk 1, 0)
#define CONFIG_IS(value)		CONFIG_PICK(CONFIG_ARGUMENT_##value)
#define IS_ENABLED(option)		CONFIG_IS(option)

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define __noreturn	__attribute__((noreturn))
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#define __section(s)	__attribute__((section(s)))
#define __used		__attribute__((used))
#define __unused	__attribute__((unused))
#define __aligned(n)	__attribute__((aligned(n)))
#define __noinline	__attribute__((noinline))
#define __always_inline	inline __attribute__((always_inline))
#define __weak		__attribute__((weak))
#define __cold		__attribute__((cold))

#define static_assert	_Static_assert

#endif
