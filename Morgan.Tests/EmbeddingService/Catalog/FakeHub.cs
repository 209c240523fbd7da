using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Morgan.Tests.EmbeddingService.Catalog;

/// <summary>A server that behaves as the Hugging Face hub does for one repository, with faults.</summary>
internal sealed class FakeHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly WebApplication _app;
    private readonly Dictionary<string, byte[]> _files;
    private int _downloads;

    private FakeHub(WebApplication app, Dictionary<string, byte[]> files) => (_app, _files) = (app, files);

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>How many answers with a file's bytes were begun.</summary>
    public int Downloads => Volatile.Read(ref _downloads);

    /// <summary>After so many bytes of the graph the connection is cut, this many times.</summary>
    public int CutAfter { get; set; }

    public int Cuts { get; set; }

    public string? WantedToken { get; set; }

    public bool TokenSentToStore { get; private set; }

    public bool LiesAboutHash { get; set; }

    public string? OddFile { get; set; }

    public static async Task<FakeHub> StartAsync(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllBytes);
        var app = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Critical"]).Build();
        var hub = new FakeHub(app, files);
        app.MapGet("/api/models/org/tiny/revision/{revision}", hub.Describe);
        app.MapGet("/org/tiny/resolve/{commit}/{**path}", hub.Resolve);
        app.MapGet("/store/{**path}", hub.SendAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return hub;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Describe(HttpRequest request, string revision)
    {
        if (WantedToken is not null && request.Headers.Authorization != $"Bearer {WantedToken}")
        {
            return Results.Unauthorized();
        }

        return revision is not ("main" or "v1" or Commit)
            ? Results.NotFound()
            : Results.Json(new { sha = Commit, siblings = _files.Select(Sibling).Concat(OddFile is { } odd ? [Sibling(new(odd, [1]))] : []) });
    }

    private object Sibling(KeyValuePair<string, byte[]> file)
    {
        var isLarge = file.Key.EndsWith(".onnx", StringComparison.Ordinal);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(LiesAboutHash ? [0] : file.Value));
#pragma warning disable CA5350 // git's own
        var sha1 = Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {file.Value.Length}\0"), .. file.Value]));
#pragma warning restore CA5350
        return isLarge
            ? new { rfilename = file.Key, size = file.Value.Length, blobId = sha1, lfs = new { sha256, size = file.Value.Length } }
            : new { rfilename = file.Key, size = file.Value.Length, blobId = sha1 };
    }

    // Large files are elsewhere, and small ones here.
    private async Task Resolve(HttpContext context, string path)
    {
        if (path.EndsWith(".onnx", StringComparison.Ordinal))
        {
            context.Response.Redirect($"/store/{path}");
            return;
        }

        await SendAsync(context, path);
    }

    private async Task SendAsync(HttpContext context, string path)
    {
        Interlocked.Increment(ref _downloads);
        TokenSentToStore |= context.Request.Path.StartsWithSegments("/store") && context.Request.Headers.Authorization.Count > 0;
        var bytes = _files[path];
        var from = context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0;
        context.Response.StatusCode = from > 0 ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        context.Response.ContentLength = bytes.Length - from;
        if (Cuts > 0 && path.EndsWith(".onnx", StringComparison.Ordinal))
        {
            Cuts--;
            await context.Response.Body.WriteAsync(bytes.AsMemory((int)from, Math.Min(CutAfter, bytes.Length - (int)from - 1)));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(bytes.AsMemory((int)from));
    }
}
