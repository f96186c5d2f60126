namespace Paddock;

/// <summary>In what language, or as what kind of program, a plugin is written.</summary>
public enum PluginRuntime
{
    /// <summary>JavaScript on QuickJS on Paddock.Wasm.</summary>
    JavaScript,

    /// <summary>A WebAssembly module.</summary>
    Wasm,

    /// <summary>CPython in a sandboxed process.</summary>
    Python,

    /// <summary>Node.js in a sandboxed process.</summary>
    Node,

    /// <summary>A container image built from the package.</summary>
    Container,

    /// <summary>A .NET assembly in a sandboxed process.</summary>
    Dotnet,

    /// <summary>A native program that speaks HashiCorp's go-plugin protocol.</summary>
    GoPlugin,

    /// <summary>Any program, called with JSON on its standard input.</summary>
    Command,

    /// <summary>No code: templates, translations and assets alone.</summary>
    Template,
}

/// <summary>Where a plugin runs, weakest first. Policy may raise a plugin's level, never lower it below its manifest's.</summary>
public enum IsolationLevel
{
    /// <summary>In the host's process, inside the WebAssembly engine.</summary>
    InProcess,

    /// <summary>In a process of its own under the operating system's sandbox.</summary>
    Process,

    /// <summary>In a container.</summary>
    Container,

    /// <summary>In a virtual machine.</summary>
    MicroVm,

    /// <summary>On another machine.</summary>
    Remote,
}

/// <summary>What a plugin says of itself, normalised from whichever dialect it was written in. It is a claim: nothing in it grants anything.</summary>
public sealed record PluginManifest
{
    /// <summary>Display name; 2 to 100 characters for a posted snippet, an identifier for a package.</summary>
    public required string Name { get; init; }

    /// <summary>SemVer; 1.0.0 where a dialect leaves it out.</summary>
    public string Version { get; init; } = "1.0.0";

    /// <summary>Free text for people; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>The runtime it needs.</summary>
    public required PluginRuntime Runtime { get; init; }

    /// <summary>The dialect's own name of the runtime (<c>node18</c>, <c>python3.11</c>), where it says more than <see cref="Runtime"/>.</summary>
    public string? RuntimeVersion { get; init; }

    /// <summary>Path of the file that is run, within the package.</summary>
    public required string Entry { get; init; }

    /// <summary>The export that a call without a function name goes to; null means the module's own export or its default.</summary>
    public string? EntryPoint { get; init; }

    /// <summary>Least isolation the author accepts.</summary>
    public IsolationLevel Isolation { get; init; }

    /// <summary>The permissions it asks for.</summary>
    public IReadOnlyList<Permission> Permissions { get; init; } = [];

    /// <summary>Limits it asks for; policy may lower them. Null means the host's defaults.</summary>
    public Limits? Limits { get; init; }

    /// <summary>The dialect it was read from: <c>gitu-js</c>, <c>gitu-container</c>, <c>paddock</c>, <c>goatkit</c>, <c>nexus</c>, <c>ai-swa</c>.</summary>
    public required string Dialect { get; init; }

    /// <summary>Who wrote it, for people; may be empty. The publisher is whoever signed it, not who is named here.</summary>
    public string Author { get; init; } = "";

    /// <summary>Licence, for people; may be empty.</summary>
    public string License { get; init; } = "";

    /// <summary>Home page, for people; may be empty.</summary>
    public string Homepage { get; init; } = "";

    /// <summary>The lowest version of the host that it runs on (SemVer); null for any.</summary>
    public string? MinHostVersion { get; init; }

    /// <summary>Path of the JSON Schema of its config within the package; null where it takes none, or where the manifest itself holds it.</summary>
    public string? ConfigSchema { get; init; }

    /// <summary>Names of secrets of its own that the operator sets and the host inserts. It never sees their values.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The registrations it asks to make (<c>tool:ticket.*</c>).</summary>
    public CapabilityRequest Capabilities { get; init; } = CapabilityRequest.None;

    /// <summary>The registrations it declares by name, where its dialect has it do so.</summary>
    public DeclaredRegistrations Declares { get; init; } = DeclaredRegistrations.None;

    /// <summary>Names and versions of the npm or pip packages that are installed when its image is built.</summary>
    public IReadOnlyDictionary<string, string> Dependencies { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether its calls are to share state instead of each starting from the snapshot. Policy has to allow it too.</summary>
    public bool Stateful { get; init; }

    /// <summary>What it contributes, where the manifest says so; null where its code says it when it is loaded.</summary>
    public Registration? Contributes { get; init; }
}

/// <summary>Registrations a plugin asks to make: <c>kind:name</c>, exact or with a trailing <c>*</c>, compared without regard to case.</summary>
/// <param name="Required">Without all of these it does not run.</param>
/// <param name="Optional">It runs without these too.</param>
public sealed record CapabilityRequest(IReadOnlyList<string> Required, IReadOnlyList<string> Optional)
{
    /// <summary>Asks for none.</summary>
    public static CapabilityRequest None { get; } = new([], []);
}

/// <summary>Names of what a plugin says it will register, compared exactly. An empty list declares nothing of its kind, and then does not bind that kind.</summary>
public sealed record DeclaredRegistrations
{
    /// <summary>Binds nothing.</summary>
    public static DeclaredRegistrations None { get; } = new();

    /// <summary>Tools.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>Channels.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Providers of models.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Dotted paths of commands.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Services.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Events that hooks are for.</summary>
    public IReadOnlyList<string> Hooks { get; init; } = [];
}
