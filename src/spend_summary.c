/*
 * spend_summary.c
 */
#include "chipbook.h"
