using Microsoft.Extensions.Primitives;

namespace Paddock;

/// <summary>What all running plugins of a tenant contribute. All of a plugin's contributions appear together when it is activated and disappear together when it is disabled, replaced or removed.</summary>
public interface IContributions
{
    /// <summary>The contributions now. Immutable; a change makes a new one.</summary>
    ContributionSet Current(string tenant);

    /// <summary>Fires once at the next change, of whichever tenant.</summary>
    IChangeToken Watch();
}

/// <summary>A contribution and whose it is.</summary>
/// <param name="Plugin">Name of the plugin.</param>
/// <param name="Digest">Digest of the version it belongs to.</param>
/// <param name="Value">What it contributes.</param>
public sealed record Contributed<T>(string Plugin, string Digest, T Value);

/// <summary>The contributions of all running plugins of one tenant at one moment, in an order that does not depend on when they were loaded.</summary>
public sealed record ContributionSet
{
    /// <summary>None.</summary>
    public static ContributionSet Empty { get; } = new();

    /// <summary>One more with each change.</summary>
    public long Version { get; init; }

    /// <summary>Routes; no two answer the same method and path.</summary>
    public IReadOnlyList<Contributed<RouteRegistration>> Routes { get; init; } = [];

    /// <summary>Menu items, nested and ordered, hidden ones left out.</summary>
    public IReadOnlyList<Contributed<MenuItemRegistration>> MenuItems { get; init; } = [];

    /// <summary>Ids of the application's own menu items that are hidden.</summary>
    public IReadOnlySet<string> HiddenMenuItems { get; init; } = new HashSet<string>();

    /// <summary>Widgets, ordered.</summary>
    public IReadOnlyList<Contributed<WidgetRegistration>> Widgets { get; init; } = [];

    /// <summary>Jobs.</summary>
    public IReadOnlyList<Contributed<JobRegistration>> Jobs { get; init; } = [];

    /// <summary>Templates by name.</summary>
    public IReadOnlyDictionary<string, Contributed<TemplateRegistration>> Templates { get; init; } = new Dictionary<string, Contributed<TemplateRegistration>>();

    /// <summary>Texts.</summary>
    public IReadOnlyList<Contributed<TranslationsRegistration>> Translations { get; init; } = [];

    /// <summary>Error codes by <c>plugin:code</c>.</summary>
    public IReadOnlyDictionary<string, Contributed<ErrorCodeRegistration>> ErrorCodes { get; init; } = new Dictionary<string, Contributed<ErrorCodeRegistration>>();

    /// <summary>Tools by name.</summary>
    public IReadOnlyDictionary<string, Contributed<ToolRegistration>> Tools { get; init; } = new Dictionary<string, Contributed<ToolRegistration>>();

    /// <summary>Commands by dotted path.</summary>
    public IReadOnlyDictionary<string, Contributed<CommandRegistration>> Commands { get; init; } = new Dictionary<string, Contributed<CommandRegistration>>();

    /// <summary>Channels by id.</summary>
    public IReadOnlyDictionary<string, Contributed<NamedRegistration>> Channels { get; init; } = new Dictionary<string, Contributed<NamedRegistration>>();

    /// <summary>Services by id.</summary>
    public IReadOnlyDictionary<string, Contributed<NamedRegistration>> Services { get; init; } = new Dictionary<string, Contributed<NamedRegistration>>();

    /// <summary>Hooks by event; several plugins may have one for the same event.</summary>
    public ILookup<string, Contributed<HookRegistration>> Hooks { get; init; } = Enumerable.Empty<Contributed<HookRegistration>>().ToLookup(h => "");

    /// <summary>Names of the plugins whose HTML policy lets out as it is, instead of through the sanitiser.</summary>
    public IReadOnlySet<string> RawHtml { get; init; } = new HashSet<string>();

    /// <summary>Page after sign-in; null for the application's.</summary>
    public Contributed<string>? LandingPage { get; init; }
}
