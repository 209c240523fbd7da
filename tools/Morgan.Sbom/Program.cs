using Morgan.Sbom;

return SbomCommand.Run(args, Console.Error);
