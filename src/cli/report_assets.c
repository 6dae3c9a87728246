/*
 * report_assets.c
 *		The style and the script of the report's page, as they stand in their files.
 */
#include "report.h"

#define COMPILED_IN(symbol, file)                                                                  \
	__asm__(".section .rodata\n"                                                                   \
			".globl " #symbol "\n" #symbol ":\n"                                                   \
			".incbin \"" file "\"\n"                                                               \
			".byte 0\n"                                                                            \
			".previous\n")

COMPILED_IN(report_css, "report.css");
COMPILED_IN(report_js, "report.js");
