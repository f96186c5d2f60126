using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Paddock.Plugins;

/// <summary>The functions of a plugin, by name. The one named <c>run</c>, or as the manifest's entry point says, is what a call without a name goes to.</summary>
public sealed class PluginBuilder
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);
    private readonly Dictionary<string, Handler> _handlers = new(StringComparer.Ordinal);

    internal PluginBuilder()
    {
    }

    internal IReadOnlyDictionary<string, Handler> Handlers => _handlers;

    internal Func<JsonNode?>? Registration { get; private set; }

    /// <summary>Adds a function of JSON.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="function">What it does.</param>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    public PluginBuilder Handle(string name, PluginFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Add(name, async (input, host, token) => JsonText.Of(await function(JsonText.Node(input), host, token).ConfigureAwait(false)));
    }

    /// <summary>Adds a function of types that a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> knows; for programs that are trimmed or compiled ahead of time.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="inputType">How its input is read.</param>
    /// <param name="resultType">How its result is written.</param>
    /// <param name="function">What it does.</param>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    public PluginBuilder Handle<TInput, TResult>(string name, JsonTypeInfo<TInput> inputType, JsonTypeInfo<TResult> resultType, Func<TInput?, PluginHost, CancellationToken, Task<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(inputType);
        ArgumentNullException.ThrowIfNull(resultType);
        ArgumentNullException.ThrowIfNull(function);
        return Add(name, async (input, host, token) =>
        {
            var result = await function(input.Deserialize(inputType), host, token).ConfigureAwait(false);
            return JsonText.Written(() => JsonSerializer.SerializeToUtf8Bytes(result, resultType));
        });
    }

    /// <summary>Adds a function of any types. Members are named as the web names them (<c>userName</c>).</summary>
    /// <param name="name">Its name.</param>
    /// <param name="function">What it does.</param>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    [RequiresUnreferencedCode("The types' members are found by reflection. Give a JsonTypeInfo of each where the program is trimmed.")]
    [RequiresDynamicCode("The types' members are found by reflection. Give a JsonTypeInfo of each where the program is compiled ahead of time.")]
    public PluginBuilder Handle<TInput, TResult>(string name, Func<TInput?, PluginHost, CancellationToken, Task<TResult>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Add(name, async (input, host, token) =>
        {
            var result = await function(input.Deserialize<TInput>(s_json), host, token).ConfigureAwait(false);
            return JsonText.Written(() => JsonSerializer.SerializeToUtf8Bytes(result, s_json));
        });
    }

    /// <summary>Says what the plugin contributes, beside what its manifest says. It is asked before the first call; host calls are refused then.</summary>
    /// <param name="registration">The contributions, as the manifest's <c>contributes</c> has them.</param>
    public PluginBuilder Register(Func<JsonNode?> registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        Registration = registration;
        return this;
    }

    private PluginBuilder Add(string name, Handler handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_handlers.TryAdd(name, handler)) throw new ArgumentException($"There are two functions named \"{name}\".", nameof(name));
        return this;
    }
}

/// <summary>A function, from JSON to the bytes of JSON.</summary>
internal delegate Task<byte[]> Handler(JsonElement input, PluginHost host, CancellationToken cancellationToken);
