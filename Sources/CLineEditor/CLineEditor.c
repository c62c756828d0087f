#include "include/CLineEditor.h"
