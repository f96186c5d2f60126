namespace Paddock.Sandbox.GoPlugin.Gob;

/// <summary>A type that the host sends, with its definition as bytes. Ids are the sender's to choose; these are the same on every connection.</summary>
internal sealed class GobSchema
{
    internal const int Bool = 1, Uint = 3, Bytes = 5, String = 6, Interface = 8;
    private const int CommonName = 1, Next = 1, End = 0;
    private const int StructPart = 3, MapPart = 4;
    private static int s_lastId = GobType.FirstOwnId;

    private GobSchema(Action<GobWriter> definition, IReadOnlyList<GobSchema> uses)
    {
        var body = new GobWriter();
        body.Int(-Id);
        definition(body);
        var whole = new GobWriter();
        whole.Bytes(body.Written.Span);
        Definition = whole.Written.ToArray();
        Uses = uses;
    }

    internal int Id { get; } = ++s_lastId;

    /// <summary>The message that defines it.</summary>
    internal ReadOnlyMemory<byte> Definition { get; }

    /// <summary>Types that it is made of.</summary>
    internal IReadOnlyList<GobSchema> Uses { get; }

    /// <summary>The header of a request.</summary>
    internal static GobSchema Request { get; } = Struct("Request", ("ServiceMethod", String), ("Seq", Uint));

    /// <summary>The header of a response.</summary>
    internal static GobSchema Response { get; } = Struct("Response", ("ServiceMethod", String), ("Seq", Uint), ("Error", String));

    /// <summary>map[string]string.</summary>
    internal static GobSchema Texts { get; } = new(w =>
    {
        // wireType{MapT: {CommonType{}, Key, Elem}}
        w.Uint(MapPart);
        w.Uint(Next);
        w.Uint(End);
        w.Uint(Next);
        w.Int(String);
        w.Uint(Next);
        w.Int(String);
        w.Uint(End);
        w.Uint(End);
    }, []);

    /// <summary>Init's arguments.</summary>
    internal static GobSchema Init { get; } = Struct("InitRequest", [Texts], ("Config", Texts.Id), ("HostAPIID", Uint));

    /// <summary>Call's arguments.</summary>
    internal static GobSchema Call { get; } = Struct("CallRequest", ("Function", String), ("Args", Bytes));

    /// <summary>The host's answer.</summary>
    internal static GobSchema HostReply { get; } = Struct("HostAPIResponse", ("Result", Bytes), ("Error", String));

    private static GobSchema Struct(string name, params (string Name, int Type)[] fields) => Struct(name, [], fields);

    private static GobSchema Struct(string name, IReadOnlyList<GobSchema> uses, params (string Name, int Type)[] fields) => new(w =>
    {
        // wireType{StructT: {CommonType{Name}, Field}}
        w.Uint(StructPart);
        w.Uint(Next);
        w.Uint(CommonName);
        w.Text(name);
        w.Uint(End);
        w.Uint(Next);
        w.Uint((ulong)fields.Length);
        foreach (var (field, type) in fields)
        {
            w.Uint(Next);
            w.Text(field);
            w.Uint(Next);
            w.Int(type);
            w.Uint(End);
        }

        w.Uint(End);
        w.Uint(End);
    }, uses);
}
