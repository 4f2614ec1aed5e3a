/** The smallest program. @module */
