namespace Paddock;

/// <summary>What a plugin contributes to the application, normalised from whichever dialect it was written in. A claim, like its manifest: each part still needs its capability.</summary>
public sealed record Registration
{
    /// <summary>Contributes nothing.</summary>
    public static Registration Empty { get; } = new();

    /// <summary>The name it gives itself; null where it gives none. Must be the manifest's.</summary>
    public string? Name { get; init; }

    /// <summary>HTTP endpoints.</summary>
    public IReadOnlyList<RouteRegistration> Routes { get; init; } = [];

    /// <summary>Entries of the application's menus.</summary>
    public IReadOnlyList<MenuItemRegistration> MenuItems { get; init; } = [];

    /// <summary>Parts of pages.</summary>
    public IReadOnlyList<WidgetRegistration> Widgets { get; init; } = [];

    /// <summary>What runs by the clock.</summary>
    public IReadOnlyList<JobRegistration> Jobs { get; init; } = [];

    /// <summary>Templates, and overrides of the application's.</summary>
    public IReadOnlyList<TemplateRegistration> Templates { get; init; } = [];

    /// <summary>Texts by language (<c>en</c>, <c>de-AT</c>) and key.</summary>
    public TranslationsRegistration? Translations { get; init; }

    /// <summary>Error codes, registered as <c>plugin:code</c>.</summary>
    public IReadOnlyList<ErrorCodeRegistration> ErrorCodes { get; init; } = [];

    /// <summary>Tools for agents.</summary>
    public IReadOnlyList<ToolRegistration> Tools { get; init; } = [];

    /// <summary>Commands of the command line; nested.</summary>
    public IReadOnlyList<CommandRegistration> Commands { get; init; } = [];

    /// <summary>Channels (chat, mail, …) by id.</summary>
    public IReadOnlyList<NamedRegistration> Channels { get; init; } = [];

    /// <summary>Background services by id.</summary>
    public IReadOnlyList<NamedRegistration> Services { get; init; } = [];

    /// <summary>Functions called when something happens in the application.</summary>
    public IReadOnlyList<HookRegistration> Hooks { get; init; } = [];

    /// <summary>Functions that other plugins and callers may name directly; those behind routes, tools and the like are callable on their terms.</summary>
    public IReadOnlyList<string> Exports { get; init; } = [];

    /// <summary>Ids of the application's menu items to hide.</summary>
    public IReadOnlyList<string> HideMenuItems { get; init; } = [];

    /// <summary>Page after sign-in: a path of one of its routes; null for the application's.</summary>
    public string? LandingPage { get; init; }
}

/// <summary>An HTTP endpoint.</summary>
/// <param name="Method">GET, POST, PUT, PATCH or DELETE.</param>
/// <param name="Path">Path with <c>{name}</c> or <c>:name</c> segments, from the application's root.</param>
/// <param name="Handler">Function that answers it.</param>
public sealed record RouteRegistration(string Method, string Path, string Handler)
{
    /// <summary>Names of the host's middleware, all of which must exist (<c>auth</c>, <c>admin</c>); in order.</summary>
    public IReadOnlyList<string> Middleware { get; init; } = [];

    /// <summary>For people.</summary>
    public string Description { get; init; } = "";
}

/// <summary>An entry of a menu.</summary>
/// <param name="Id">Unique among all menu items.</param>
/// <param name="Label">Text, or the key of a translation.</param>
public sealed record MenuItemRegistration(string Id, string Label)
{
    /// <summary>Name of an icon; empty for none.</summary>
    public string Icon { get; init; } = "";

    /// <summary>Where it leads; empty for a heading.</summary>
    public string Path { get; init; } = "";

    /// <summary>Which menu (<c>admin</c>, <c>agent</c>, <c>customer</c>).</summary>
    public string Location { get; init; } = "agent";

    /// <summary>Id of the item it stands beneath; null at the top.</summary>
    public string? Parent { get; init; }

    /// <summary>Smaller comes first.</summary>
    public int Order { get; init; }

    /// <summary>Items beneath it.</summary>
    public IReadOnlyList<MenuItemRegistration> Children { get; init; } = [];
}

/// <summary>A part of a page.</summary>
/// <param name="Id">Unique within the plugin.</param>
/// <param name="Title">Text, or the key of a translation.</param>
/// <param name="Handler">Function that answers <c>{html}</c>.</param>
/// <param name="Location">Where it is shown (<c>agent_home</c>).</param>
public sealed record WidgetRegistration(string Id, string Title, string Handler, string Location)
{
    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary><c>small</c>, <c>medium</c>, <c>large</c> or <c>full</c>.</summary>
    public string Size { get; init; } = "medium";

    /// <summary>Smaller comes first.</summary>
    public int Order { get; init; }

    /// <summary>Whether a page may ask for it again.</summary>
    public bool Refreshable { get; init; }

    /// <summary>Seconds between two askings; 0 for only when asked.</summary>
    public int RefreshSeconds { get; init; }
}

/// <summary>What runs by the clock.</summary>
/// <param name="Id">Unique within the plugin.</param>
/// <param name="Handler">Function that is called.</param>
/// <param name="Schedule">Five cron fields (Unix), or a descriptor (<c>@daily</c>).</param>
public sealed record JobRegistration(string Id, string Handler, string Schedule)
{
    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Whether it runs at all. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Wall time of one run. Default 300 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>IANA name of the zone its fields are read in. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>What becomes of a run that is due while the last one is under way. Default: it is skipped, and that is recorded.</summary>
    public JobOverlap Overlap { get; init; }

    /// <summary>Whether a run that was missed (the host was down, no thread was free) runs once when it can. Default false: it is left out.</summary>
    public bool CatchUp { get; init; }
}

/// <summary>What becomes of a job's run that is due while another of the same job is under way.</summary>
public enum JobOverlap
{
    /// <summary>It is left out, and that is recorded.</summary>
    Skip,

    /// <summary>It begins when the other has ended. One waits; further ones are skipped.</summary>
    Queue,

    /// <summary>It begins beside the other.</summary>
    Allow,
}

/// <summary>A template.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Where it lies in the package; empty where a function <c>template_NAME</c> renders it.</param>
/// <param name="Override">Whether it stands in for the application's template of that name: a capability (<c>template:NAME</c>).</param>
public sealed record TemplateRegistration(string Name, string Path, bool Override);

/// <summary>Texts.</summary>
/// <param name="Namespace">What keys are looked up under; the plugin's name by default.</param>
/// <param name="Texts">Language → key → text.</param>
public sealed record TranslationsRegistration(string Namespace, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Texts);

/// <summary>An error code.</summary>
/// <param name="Code">Without the plugin's name.</param>
/// <param name="Message">For people.</param>
/// <param name="HttpStatus">400 to 599.</param>
public sealed record ErrorCodeRegistration(string Code, string Message, int HttpStatus);

/// <summary>A tool for agents.</summary>
/// <param name="Name">Its name; the capability is <c>tool:NAME</c>.</param>
/// <param name="Description">What a model is told.</param>
/// <param name="InputSchema">JSON Schema of its input, as UTF-8 JSON.</param>
/// <param name="Handler">Function that is called.</param>
public sealed record ToolRegistration(string Name, string Description, ReadOnlyMemory<byte> InputSchema, string Handler);

/// <summary>A command of the command line; the capability is <c>cli:</c> and the dotted path.</summary>
/// <param name="Name">One word.</param>
/// <param name="Description">For people.</param>
/// <param name="Handler">Function that is called; empty for a group.</param>
/// <param name="Commands">Commands beneath it.</param>
public sealed record CommandRegistration(string Name, string Description, string Handler, IReadOnlyList<CommandRegistration> Commands);

/// <summary>Something that is known by its id alone.</summary>
/// <param name="Id">The capability is <c>channel:ID</c> or <c>service:ID</c>.</param>
/// <param name="Handler">Function that is called.</param>
public sealed record NamedRegistration(string Id, string Handler);

/// <summary>A function called when something happens.</summary>
/// <param name="Event">Name of the event (<c>ticket.created</c>); the capability is <c>hook:EVENT</c>.</param>
/// <param name="Handler">Function that is called.</param>
public sealed record HookRegistration(string Event, string Handler);
