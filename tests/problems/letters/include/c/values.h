#ifndef VALUES_H
#define VALUES_H

int value_of(char letter);

#endif
