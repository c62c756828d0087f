#include "include/CLuaSupport.h"
