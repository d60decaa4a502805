{
  'variables': { 'libtensorflow_include%': '<!(node -p "process.env.LIBTENSORFLOW_INCLUDE || \'\'")' },
  'targets': [
    {
      'target_name': 'libtensorflow_node',
      'product_name': 'libtensorflow_node',
      'sources': ['<!@(node -p "require(\'fs\').readdirSync(\'native\').filter((f) => f.endsWith(\'.cc\')).map((f) => \'native/\' + f).join(\' \')")'],
      'include_dirs': ['<!(node -p "require(\'node-addon-api\').include_dir")', '<!(node -p "require(\'node-api-headers\').include_dir")'],
      'defines': ['NAPI_VERSION=8', 'NAPI_CPP_EXCEPTIONS', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
      'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20'],
      'cflags_cc': ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-fvisibility=hidden', '-fvisibility-inlines-hidden', '-isystem<(libtensorflow_include)'],
      'xcode_settings': {
        'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
        'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
        'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
        'OTHER_CPLUSPLUSFLAGS': ['-isystem<(libtensorflow_include)'],
      },
      'libraries': ['-ldl'],
    },
  ],
}
