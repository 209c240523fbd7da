using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Morgan.Tests.Chaos.Fuzz;

/// <summary>The one file of a folder that is not there: what reads configuration from a file reads these bytes.</summary>
internal sealed class MemoryFile(byte[] bytes) : IFileProvider, IFileInfo
{
    public bool Exists => true;

    public bool IsDirectory => false;

    public DateTimeOffset LastModified => DateTimeOffset.UnixEpoch;

    public long Length => bytes.Length;

    public string Name => "memory";

    public string? PhysicalPath => null;

    public Stream CreateReadStream() => new MemoryStream(bytes, writable: false);

    public IFileInfo GetFileInfo(string subpath) => this;

    public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;
}
