/*
 * amortisation_policy.c
 */
#include "chipbook.h"
