#pragma once

int value_of(char letter);
