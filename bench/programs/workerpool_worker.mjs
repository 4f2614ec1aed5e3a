/** The echo as workerpool serves it. */
import workerpool from "npm:workerpool@9.3.4";

workerpool.worker({ echo: (value) => value });
