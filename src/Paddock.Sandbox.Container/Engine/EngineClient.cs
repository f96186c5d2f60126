using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Paddock.Sandbox.Container.Engine;

/// <summary>The part of the Docker Engine API that Paddock needs, as Docker and podman both serve it. Answers are bounded in size and in time.</summary>
internal sealed partial class EngineClient : IDisposable
{
    private const int LargestAnswer = 4 << 20;
    private const string Newest = "1.44";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RemovalPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RemovalPause = TimeSpan.FromMilliseconds(5);
    private readonly EngineSocket _socket;
    private readonly HttpClient _http;
    private readonly string _prefix;

    private EngineClient(EngineSocket socket, HttpClient http, VersionBody version)
    {
        _socket = socket;
        _http = http;
        _prefix = $"http://engine/v{Agreed(version)}";
        IsPodman = version.Components?.Any(c => c.Name?.Contains("Podman", StringComparison.OrdinalIgnoreCase) == true) == true;
        Version = version.Version ?? "";
    }

    /// <summary>Whether it is podman, which differs where its answers do.</summary>
    internal bool IsPodman { get; }

    /// <summary>Version of the engine, for people.</summary>
    internal string Version { get; }

    /// <exception cref="EngineException">Nothing answers there.</exception>
    internal static async Task<EngineClient> ConnectAsync(EngineSocket socket, CancellationToken cancellationToken)
    {
        var http = new HttpClient(Handler(socket.ConnectAsync)) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://engine/version");
            byte[] answer = await SendAsync(http, request, LargestAnswer, cancellationToken).ConfigureAwait(false);
            return new EngineClient(socket, http, Parse(answer, EngineJson.Default.VersionBody));
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    internal Task<InfoBody> InfoAsync(CancellationToken cancellationToken) => GetAsync("/info", EngineJson.Default.InfoBody, cancellationToken);

    internal async Task<CreatedBody> CreateAsync(string name, ContainerBody body, CancellationToken cancellationToken)
    {
        using var content = Json(body, EngineJson.Default.ContainerBody);
        byte[] answer = await PostAsync($"/containers/create?name={Uri.EscapeDataString(name)}", content, cancellationToken).ConfigureAwait(false);
        return Parse(answer, EngineJson.Default.CreatedBody);
    }

    internal Task StartAsync(string id, CancellationToken cancellationToken) => PostAsync($"/containers/{Id(id)}/start", null, cancellationToken);

    internal Task<ContainerInspection> InspectAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"/containers/{Id(id)}/json", EngineJson.Default.ContainerInspection, cancellationToken);

    /// <summary>Kills it and removes it with its volumes. One that is gone already is no error.</summary>
    internal async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        // Killed first: podman otherwise asks it to stop, and waits for an answer. One that does not run is a 409, or podman's 500; the removal decides.
        await AllowAsync(HttpMethod.Post, $"/containers/{Id(id)}/kill?signal=KILL", [HttpStatusCode.NotFound, HttpStatusCode.Conflict, HttpStatusCode.InternalServerError], cancellationToken).ConfigureAwait(false);
        // Refused while somebody else removes it, and be it the engine itself: asked again until it is gone.
        for (long start = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                await AllowAsync(HttpMethod.Delete, $"/containers/{Id(id)}?force=true&v=true", [HttpStatusCode.NotFound], cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (EngineException e) when (e.Status is HttpStatusCode.Conflict or HttpStatusCode.InternalServerError && Stopwatch.GetElapsedTime(start) < RemovalPatience)
            {
                await Task.Delay(RemovalPause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Begins to wait for the end of what is not started yet; the task within is its exit code, null where the engine does not tell.</summary>
    internal async Task<Task<int?>> WaitAsync(string id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_prefix}/containers/{Id(id)}/wait?condition=next-exit");
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return ExitCodeAsync(response, cancellationToken);
            using (response) throw Refused(response.StatusCode, await ReadAsync(response.Content, LargestAnswer, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EngineException($"The engine cannot be reached: {e.Message}", inner: e);
        }
    }

    /// <summary>Containers with a label, those that have ended too.</summary>
    internal Task<IReadOnlyList<ListedContainer>> ContainersAsync(string label, CancellationToken cancellationToken) =>
        GetAsync($"/containers/json?all=true&filters={Filter(label)}", EngineJson.Default.IReadOnlyListListedContainer, cancellationToken);

    /// <summary>Images with a label.</summary>
    internal Task<IReadOnlyList<ListedImage>> ImagesAsync(string label, CancellationToken cancellationToken) =>
        GetAsync($"/images/json?all=false&filters={Filter(label)}", EngineJson.Default.IReadOnlyListListedImage, cancellationToken);

    /// <summary>What the engine has under a name or an id; null for nothing.</summary>
    internal async Task<ImageInspection?> FindImageAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync($"/images/{Uri.EscapeDataString(name)}/json", EngineJson.Default.ImageInspection, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    internal Task RemoveImageAsync(string name, CancellationToken cancellationToken) =>
        AllowAsync(HttpMethod.Delete, $"/images/{Uri.EscapeDataString(name)}?force=true", [HttpStatusCode.NotFound], cancellationToken);

    /// <summary>Makes an image of a tar of a root file system.</summary>
    internal async Task ImportAsync(Stream tar, string repository, string tag, IReadOnlyList<string> changes, CancellationToken cancellationToken)
    {
        using var content = Tar(tar);
        string query = string.Concat(changes.Select(c => $"&changes={Uri.EscapeDataString(c)}"));
        byte[] progress = await PostAsync($"/images/create?fromSrc=-&repo={Uri.EscapeDataString(repository)}&tag={Uri.EscapeDataString(tag)}{query}", content, cancellationToken).ConfigureAwait(false);
        ThrowIfFailed(progress);
    }

    /// <summary>Unpacks a tar into a container, below <paramref name="path"/>.</summary>
    internal async Task PutAsync(string id, string path, Stream tar, CancellationToken cancellationToken)
    {
        using var content = Tar(tar);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{_prefix}/containers/{Id(id)}/archive?path={Uri.EscapeDataString(path)}") { Content = content };
        await SendAsync(_http, request, LargestAnswer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A tar of what is at <paramref name="path"/> in a container. The caller bounds what it reads.</summary>
    internal async Task<Stream> GetAsync(string id, string path, CancellationToken cancellationToken)
    {
        var response = await _http.GetAsync($"{_prefix}/containers/{Id(id)}/archive?path={Uri.EscapeDataString(path)}", HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            using (response) throw Refused(response.StatusCode, await ReadAsync(response.Content, LargestAnswer, cancellationToken).ConfigureAwait(false));
        }

        return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes an image of a container as it is; its labels are the image's.</summary>
    internal async Task<string> CommitAsync(string id, string repository, string tag, CancellationToken cancellationToken)
    {
        // podman wants a body, Docker takes one that changes nothing.
        using var nothing = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        byte[] answer = await PostAsync($"/commit?container={Id(id)}&repo={Uri.EscapeDataString(repository)}&tag={Uri.EscapeDataString(tag)}&pause=false", nothing, cancellationToken).ConfigureAwait(false);
        return Parse(answer, EngineJson.Default.IdBody).Id ?? throw new EngineException("The engine named no image.");
    }

    /// <summary>The three streams of a container, over a connection of their own.</summary>
    internal Task<AttachedStreams> AttachAsync(string id, bool input, CancellationToken cancellationToken) =>
        AttachedStreams.OpenAsync(_socket, $"{_prefix}/containers/{Id(id)}/attach?stream=1&stdout=1&stderr=1{(input ? "&stdin=1" : "")}", cancellationToken);

    public void Dispose() => _http.Dispose();

    // SECURITY: an id comes from the engine, and goes into the path of the next request. Nothing but an id may go there.
    internal static string Id(string id) => id.Length is > 0 and <= 128 && id.All(char.IsAsciiHexDigitLower) ? id : throw new EngineException("The engine named something that is no id.");

    private static async Task<int?> ExitCodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using (response) return Parse(await ReadAsync(response.Content, LargestAnswer, cancellationToken).ConfigureAwait(false), EngineJson.Default.WaitBody).StatusCode;
        }
        catch (Exception e) when (e is EngineException or HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private static void ThrowIfFailed(byte[] progress)
    {
        var reader = new Utf8JsonReader(progress, new JsonReaderOptions { AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
                if (JsonSerializer.Deserialize(ref reader, EngineJson.Default.ProgressBody)?.Error is { } error) throw new EngineException(error);
            }
        }
        catch (JsonException e)
        {
            throw new EngineException("The engine's answer is no JSON.", inner: e);
        }
    }

    private static string Filter(string label) => Uri.EscapeDataString($$"""{"label":["{{JsonEncodedText.Encode(label)}}"]}""");

    /// <summary>The newest version of the API that both know.</summary>
    private static string Agreed(VersionBody version)
    {
        string theirs = version.ApiVersion ?? "";
        return Minor(theirs) is { } minor && minor < Minor(Newest) ? theirs : Newest;

        static int? Minor(string v) => v.StartsWith("1.", StringComparison.Ordinal) && int.TryParse(v.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int m) ? m : null;
    }
}
