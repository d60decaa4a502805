# Stands in for the file of this name that node-gyp would otherwise download with Node's headers: the headers themselves
# come from the package node-api-headers.
{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': {
      'Release': { 'cflags': [ '-O3' ], 'xcode_settings': { 'GCC_OPTIMIZATION_LEVEL': '3' } },
    },
    'cflags': [ '-fPIC', '-pthread' ],
    'ldflags': [ '-pthread' ],
  },
}
