return Morgan.CacheServer.CacheProcess.Run(args);
