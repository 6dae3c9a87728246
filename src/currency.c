/*
 * currency.c
 */
#include "chipbook.h"
