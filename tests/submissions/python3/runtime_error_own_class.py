# expect: RuntimeError
# reason-contains: NotEnough: two of three
class NotEnough(Exception):
    pass

raise NotEnough("two of three")
