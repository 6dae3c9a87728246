/*
 * input.c
 *		Files as they lie on a disk or come through a pipe: plain or compressed by gzip, which zlib tells
 *		apart by itself. "-" is the standard input.
 *
 * What is neither is said before anything is asked of the server: an archive, a file of another
 * compression, a spreadsheet, Parquet or UTF-16 would otherwise come as rows of rubbish.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "chipbook.h"

struct Input
{
	gzFile file;
	char *name;       /* what the ledger's log calls it: without its folders */
	const char *path; /* what the command line called it */
	int64_t size;     /* on the disk; -1: a pipe */
	char head[8];     /* what was read to look at */
	int head_length;
	int head_used;
};

static const struct
{
	const char *bytes;
	int length;
	const char *what;
	const char *advice;
} not_text[] = {
	{"PK\003\004", 4, "a zip archive or a spreadsheet", "unpack it, or save it as CSV"},
	{"\x28\xb5\x2f\xfd", 4, "compressed by zstd", "zstdcat FILE | chipbook load KIND -"},
	{"\xfd\x37zXZ", 5, "compressed by xz", "xzcat FILE | chipbook load KIND -"},
	{"BZh", 3, "compressed by bzip2", "bzcat FILE | chipbook load KIND -"},
	{"PAR1", 4, "Parquet",
	 "export it as CSV, or read it through a foreign table (docs/focus_import.md)"},
	{"\xff\xfe", 2, "UTF-16", "iconv -f UTF-16 -t UTF-8 FILE | chipbook load KIND -"},
	{"\xfe\xff", 2, "UTF-16", "iconv -f UTF-16 -t UTF-8 FILE | chipbook load KIND -"},
	{"\xd0\xcf\x11\xe0", 4, "an old spreadsheet", "save it as CSV"},
};

static _Noreturn void
fail_to_read(const Input *input, const char *why)
{
	fail_with_hint(STATUS_FILE,
				   "nothing of it was loaded; run the same command again when the file is whole",
				   "%s cannot be read: %s", shown(input->path), why);
}

static int
read_some(Input *input, char *buffer, unsigned size)
{
	int got;
	int code;
	const char *message;

	errno = 0;
	got = gzread(input->file, buffer, size);
	message = gzerror(input->file, &code);
	/* A signal that came while it waited: releases of zlib report that in different ways. */
	stop_if_interrupted();
	/* A file that ends in the middle of its compressed data gives what there is, and this. */
	if (code == Z_BUF_ERROR)
		fail_to_read(input, "it ends in the middle of its compressed data");
	if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
		fail_to_read(input, code == Z_ERRNO || code == Z_OK ? strerror(errno) : message);
	return got;
}

Input *
input_open(const char *path)
{
	Input *input = must_have(calloc(1, sizeof *input));
	bool is_stdin = strcmp(path, "-") == 0;
	const char *slash = strrchr(path, '/');
	struct stat status;
	int file = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);

	input->path = is_stdin ? "the standard input" : path;
	input->name = must_have(strdup(is_stdin ? "stdin" : slash != NULL ? slash + 1 : path));
	if (file < 0 || fstat(file, &status) != 0)
		fail_to_read(input, strerror(errno));
	if (S_ISDIR(status.st_mode))
		fail_to_read(input, "it is a folder");
	if (is_stdin && isatty(STDIN_FILENO))
		note("reading from the terminal; end with ctrl-D");
	input->size = S_ISREG(status.st_mode) ? (int64_t) status.st_size : -1;
	input->file = gzdopen(file, "rb");
	must_have(input->file);
	gzbuffer(input->file, 131072);

	while (input->head_length < (int) sizeof input->head)
	{
		int got = read_some(input, input->head + input->head_length,
							(unsigned) ((int) sizeof input->head - input->head_length));

		if (got == 0)
			break;
		input->head_length += got;
	}
	for (size_t i = 0; i < sizeof not_text / sizeof not_text[0]; i++)
	{
		if (input->head_length >= not_text[i].length &&
			memcmp(input->head, not_text[i].bytes, (size_t) not_text[i].length) == 0)
			fail_with_hint(STATUS_FILE, not_text[i].advice, "%s is no text: it is %s",
						   shown(input->path), not_text[i].what);
	}
	return input;
}

/* Up to so many bytes; 0 at the end. */
size_t
input_read(Input *input, char *buffer, size_t size)
{
	if (input->head_used < input->head_length)
	{
		size_t length = (size_t) (input->head_length - input->head_used);

		length = length < size ? length : size;
		memcpy(buffer, input->head + input->head_used, length);
		input->head_used += (int) length;
		return length;
	}
	return (size_t) read_some(input, buffer, (unsigned) size);
}

/* How far it is read, in bytes of the file as it lies there. */
int64_t
input_position(const Input *input)
{
	return (int64_t) gzoffset(input->file);
}

int64_t
input_size(const Input *input)
{
	return input->size;
}

const char *
input_name(const Input *input)
{
	return input->name;
}

const char *
input_path(const Input *input)
{
	return input->path;
}

/* The first byte of the text; 0 when there is none. */
char
input_first_byte(const Input *input)
{
	int at = input->head_length >= 3 && memcmp(input->head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < input->head_length && (input->head[at] == ' ' || input->head[at] == '\n' ||
									   input->head[at] == '\r' || input->head[at] == '\t'))
		at++;
	return at < input->head_length ? input->head[at] : '\0';
}

/*
 * SHA-256 of the text, in hexadecimal; then the input is at its beginning again. What comes through a
 * pipe is kept in a temporary file meanwhile.
 */
const char *
input_sha256(Input *input)
{
	static char part[65536];
	static const char digits[] = "0123456789abcdef";
	EVP_MD_CTX *context = must_have(EVP_MD_CTX_new());
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_length = 0;
	FILE *kept = input->size < 0 ? must_have(tmpfile()) : NULL;
	char *hex;
	size_t length;

	if (EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
		fail(STATUS_FILE, "SHA-256 cannot be computed");
	while ((length = input_read(input, part, sizeof part)) > 0)
	{
		EVP_DigestUpdate(context, part, length);
		if (kept != NULL && fwrite(part, 1, length, kept) != length)
			fail_to_read(input, strerror(errno));
	}
	EVP_DigestFinal_ex(context, digest, &digest_length);
	EVP_MD_CTX_free(context);
	if (kept != NULL)
	{
		int file;

		if (fflush(kept) != 0 || (file = dup(fileno(kept))) < 0 || lseek(file, 0, SEEK_SET) != 0)
			fail_to_read(input, strerror(errno));
		fclose(kept);
		gzclose_r(input->file);
		input->file = must_have(gzdopen(file, "rb"));
	}
	else if (gzrewind(input->file) != 0)
		fail_to_read(input, strerror(errno));
	input->head_length = input->head_used = 0;
	hex = must_have(calloc(2 * digest_length + 1, 1));
	for (unsigned i = 0; i < digest_length; i++)
	{
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	return hex;
}

void
input_close(Input *input)
{
	gzclose_r(input->file);
	free(input->name);
	free(input);
}
