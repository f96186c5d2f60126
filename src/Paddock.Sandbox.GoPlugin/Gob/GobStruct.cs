namespace Paddock.Sandbox.GoPlugin.Gob;

/// <summary>A struct as it was sent: a field that is not there is zero.</summary>
internal sealed class GobStruct
{
    private readonly List<KeyValuePair<string, object?>> _fields = [];

    /// <summary>By name, in the order of the type.</summary>
    internal IReadOnlyList<KeyValuePair<string, object?>> Fields => _fields;

    internal void Add(string name, object? value) => _fields.Add(new(name, value));

    internal string Text(string name) => Find(name) as string ?? "";

    /// <summary>Bytes of a field; empty where it is zero, or no bytes.</summary>
    internal byte[] Bytes(string name) => Find(name) as byte[] ?? [];

    internal ulong Number(string name) => Find(name) as ulong? ?? 0;

    private object? Find(string name)
    {
        foreach (var (key, value) in _fields)
        {
            if (key == name) return value;
        }

        return null;
    }
}
