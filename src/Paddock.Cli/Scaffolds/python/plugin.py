# The members of a call's input are arguments; effects go through paddock.host and need a permission in plugin.yaml.
def run(name='world'):
    print('asked by', name)
    return {'hello': name}
