namespace Morgan.Tests.Chaos.Matrix;

/// <summary>How many hosts stand behind the gateway, and which of them fail.</summary>
internal enum Topology
{
    /// <summary>One host, and it fails.</summary>
    One,

    /// <summary>Three hosts, of which one fails.</summary>
    OneOfThree,

    /// <summary>Three hosts, and all fail.</summary>
    AllOfThree,
}
