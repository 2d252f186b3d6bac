# expect: RuntimeError
# reason-contains: JSON::ParserError: 
# reason-contains: , main.rb line 5
require "json"
JSON.parse("{a}")
