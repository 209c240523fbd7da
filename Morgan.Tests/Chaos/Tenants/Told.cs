namespace Morgan.Tests.Chaos.Tenants;

/// <summary>What a client was told that its request has used.</summary>
internal enum Told
{
    /// <summary>Nothing: the client left, or there was an error instead of an answer.</summary>
    Nothing,

    /// <summary>What the host has said at the end of a whole answer.</summary>
    Whole,

    /// <summary>What the gateway has counted until the stream broke off.</summary>
    Part,
}
