/*
 * as_of.h
 *		The setting chipbook.as_of, as the module defines it.
 */
#ifndef CHIPBOOK_AS_OF_H
#define CHIPBOOK_AS_OF_H

extern char *chipbook_as_of;

#endif /* CHIPBOOK_AS_OF_H */
