/*
 * amortisation.c
 */
#include "chipbook.h"
