/* SPDX-License-Identifier: MIT */
/*
 * What an error number means, in the words that Linux's users know. Laid out as the names are
 * (errno.c), and in a file of its own: an image whose commands say names only is without it.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <uapi/errno.h>

#define TEXT_LIST(X) \
	X(EPERM, "Operation not permitted") \
	X(ENOENT, "No such file or directory") \
	X(ESRCH, "No such process") \
	X(EINTR, "Interrupted system call") \
	X(EIO, "Input/output error") \
	X(ENXIO, "No such device or address") \
	X(E2BIG, "Argument list too long") \
	X(ENOEXEC, "Exec format error") \
	X(EBADF, "Bad file descriptor") \
	X(EAGAIN, "Resource temporarily unavailable") \
	X(ENOMEM, "Cannot allocate memory") \
	X(EACCES, "Permission denied") \
	X(EFAULT, "Bad address") \
	X(EBUSY, "Device or resource busy") \
	X(EEXIST, "File exists") \
	X(EXDEV, "Invalid cross-device link") \
	X(ENODEV, "No such device") \
	X(ENOTDIR, "Not a directory") \
	X(EISDIR, "Is a directory") \
	X(EINVAL, "Invalid argument") \
	X(ENOTTY, "Inappropriate ioctl for device") \
	X(EFBIG, "File too large") \
	X(ENOSPC, "No space left on device") \
	X(ESPIPE, "Illegal seek") \
	X(EROFS, "Read-only file system") \
	X(EMLINK, "Too many links") \
	X(EPIPE, "Broken pipe") \
	X(ERANGE, "Numerical result out of range") \
	X(ENAMETOOLONG, "File name too long") \
	X(ENOSYS, "Function not implemented") \
	X(ENOTEMPTY, "Directory not empty") \
	X(ELOOP, "Too many levels of symbolic links") \
	X(EOVERFLOW, "Value too large for defined data type") \
	X(ELIBBAD, "Accessing a corrupted shared library") \
	X(EOPNOTSUPP, "Operation not supported")

/* Those that only programs meet. */
#ifdef CONFIG_PROCESS
#define PROGRAM_LIST(X) \
	X(ECHILD, "No child processes") \
	X(ENOTBLK, "Block device required") \
	X(ENFILE, "Too many open files in system") \
	X(EMFILE, "Too many open files") \
	X(ETXTBSY, "Text file busy") \
	X(EDOM, "Numerical argument out of domain") \
	X(EDEADLK, "Resource deadlock avoided") \
	X(ENOLCK, "No locks available") \
	X(ENODATA, "No data available") \
	X(EILSEQ, "Invalid or incomplete multibyte or wide character") \
	X(ENOTSOCK, "Socket operation on non-socket") \
	X(EMSGSIZE, "Message too long") \
	X(EPROTONOSUPPORT, "Protocol not supported") \
	X(ETIMEDOUT, "Connection timed out") \
	X(EALREADY, "Operation already in progress") \
	X(ECANCELED, "Operation canceled")
#else
#define PROGRAM_LIST(X)
#endif

#define VALUE(name, text)	name,
#define TEXT(name, text)	text "\0"

static const u8 values[] = { TEXT_LIST(VALUE) PROGRAM_LIST(VALUE) };
static const char texts[] = TEXT_LIST(TEXT) PROGRAM_LIST(TEXT);

const char *errno_text(int err)
{
	const char *text = texts;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (values[i] == err)
			return text;
		text += strlen(text) + 1;
	}
	return errno_name(err);
}
