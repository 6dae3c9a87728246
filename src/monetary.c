/*
 * monetary.c
 */
#include "chipbook.h"
